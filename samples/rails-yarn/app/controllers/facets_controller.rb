class FacetsController < ActionController::Base
  def index
  end
end

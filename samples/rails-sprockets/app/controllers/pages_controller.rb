class PagesController < ActionController::Base
  layout "application"

  def index; end
end

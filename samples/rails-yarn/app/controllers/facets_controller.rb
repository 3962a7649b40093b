class FacetsController < ApplicationController
  def index
  end
end

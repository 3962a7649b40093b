class GemstonesController < ApplicationController
  def index
    @gemstones = Gemstone.hardest_first
  end
end

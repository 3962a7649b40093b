Rails.application.routes.draw { root "facets#index" }

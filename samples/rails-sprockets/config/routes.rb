Rails.application.routes.draw do
  root "pages#index"
end

require "sinatra/base"

# A guestbook that remembers its guests until the process ends.
class Guestbook < Sinatra::Base
  # The app is looked at under whatever host name reaches it.
  set :host_authorization, permitted_hosts: []
  set :guests, ["Ada"]

  get "/" do
    erb :index
  end

  post "/" do
    settings.guests << params.fetch("name")
    redirect "/", 303
  end
end

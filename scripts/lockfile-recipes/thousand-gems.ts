// Families that lock hundreds of gems, then single gems that agree with all of them.
const families = [
  '"rails", "~> 8.0"',
  '"aws-sdk", "~> 3.3"',
  '"google-cloud"',
  '"google-apis-drive_v3"',
  '"fog"',
  '"rubocop-rails"',
  '"devise"',
  '"sidekiq"',
  '"solidus"',
  '"opentelemetry-sdk"',
  '"opentelemetry-exporter-otlp"',
  '"opentelemetry-instrumentation-all"',
  '"hanami"',
  '"jekyll"',
];

const singles = [
  ..."ansi awesome_print artii ast atomic backports bcrypt benchmark-ips".split(" "),
  ..."bindata blankslate builder chronic chunky_png coderay color colorize".split(" "),
  ..."colored commander cri daemons dante descriptive_statistics diff-lcs dotenv".split(" "),
  ..."ed25519 equalizer escape_utils eventmachine excon execjs facets fast_blank".split(" "),
  ..."ffaker fuzzy_match geokit gli gyoku hamster hashdiff hashie".split(" "),
  ..."hiredis highline hitimes htmlentities httpclient httparty ice_nine ipaddress".split(" "),
  ..."jaro_winkler jwt kgio kwalify launchy libv8-node liquid listen".split(" "),
  ..."locale log4r logging lumberjack macaddr markaby memoist method_source".split(" "),
  ..."mini_racer mixlib-cli mono_logger msgpack multi_json mustache net-ldap net-ping".split(" "),
  ..."net-scp net-sftp net-ssh net-ssh-gateway oj open4 ox paint".split(" "),
  ..."parallel parslet pastel patron pdf-reader phonelib plist polyglot".split(" "),
  ..."posix-spawn powerpack progress_bar public_suffix pygments.rb rainbow rb-readline rbtree".split(
    " ",
  ),
  ..."rdiscount redcarpet RedCloth redis redis-namespace rest-client retriable rinku".split(" "),
  ..."rotp rqrcode ruby-graphviz ruby-prof ruby-progressbar ruby-units ruby2ruby safe_yaml".split(
    " ",
  ),
  ..."sanitize sassc semantic serverengine settingslogic simple_oauth slop snappy".split(" "),
  ..."statsd-ruby stringex sucker_punch sys-proctable systemu tabulo temple term-ansicolor".split(
    " ",
  ),
  ..."terminal-table text timecop tins toml tomlrb treetop tty-box".split(" "),
  ..."tty-command tty-config tty-font tty-logger tty-markdown tty-pager tty-pie tty-progressbar".split(
    " ",
  ),
  ..."tty-prompt tty-spinner tty-table tty-tree tty-which typhoeus tzinfo-data unf".split(" "),
  ..."unicode unicode-display_width uuid uuidtools vegas virtus wasabi webrick".split(" "),
  ..."whenever wirble wisper xml-simple xmlrpc yajl-ruby yard zip-zip".split(" "),
  ..."google-apis-calendar_v3 google-apis-gmail_v1 google-apis-sheets_v4 google-apis-docs_v1 google-apis-youtube_v3 google-apis-people_v1 google-apis-slides_v1 google-apis-tasks_v1".split(
    " ",
  ),
  ..."google-apis-analytics_v3 google-apis-admin_directory_v1 google-apis-oauth2_v2 google-apis-customsearch_v1 google-apis-books_v1 google-apis-fitness_v1 google-apis-forms_v1 google-apis-classroom_v1".split(
    " ",
  ),
  ..."google-apis-chat_v1 google-apis-blogger_v3 google-apis-webmasters_v3 google-apis-safebrowsing_v4 pry byebug bullet pundit".split(
    " ",
  ),
  ..."cancancan kaminari pagy will_paginate simple_form propshaft bootsnap puma".split(" "),
  ..."unicorn pg mysql2 sqlite3 dalli sequel dry-schema resque".split(" "),
  ..."stripe octokit rack-attack rack-cors prometheus-client lograge faker webmock".split(" "),
  ..."vcr simplecov brakeman factory_bot shrine mini_magick rubyzip roo".split(" "),
  ..."caxlsx aasm jbuilder standard nanoc asciidoctor mechanize watir".split(" "),
  ..."ferrum".split(" "),
];

/** The lines of a Gemfile that locks more than a thousand gems. */
export const thousandGems = [
  ...families.map((family) => `gem ${family}`),
  ...singles.map((name) => `gem "${name}"`),
];

// Families of hundreds of gems, then single gems that are compatible with all of them.
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
];

const singles = `
  ansi awesome_print artii ast atomic backports bcrypt benchmark-ips bindata blankslate builder
  chronic chunky_png coderay color colorize colored cri daemons dante descriptive_statistics
  diff-lcs dotenv ed25519 equalizer escape_utils eventmachine excon execjs facets fast_blank
  ffaker fuzzy_match geokit gli hamster hashdiff hashie highline hitimes htmlentities httpclient
  ice_nine ipaddress jaro_winkler jwt kgio kwalify launchy libv8-node liquid listen locale log4r
  lumberjack macaddr markaby memoist method_source mini_racer mixlib-cli mono_logger msgpack
  multi_json mustache net-ldap net-ping net-ssh oj open4 ox paint parallel parslet pastel
  pdf-reader phonelib plist polyglot posix-spawn powerpack public_suffix rainbow rb-readline
  rbtree rdiscount RedCloth redis redis-namespace retriable rinku rotp rqrcode ruby-graphviz
  ruby-prof ruby-progressbar ruby-units ruby2ruby sanitize semantic serverengine settingslogic
  simple_oauth slop snappy statsd-ruby stringex sucker_punch sys-proctable systemu tabulo temple
  term-ansicolor text timecop tins tomlrb treetop tty-box tty-command tty-config tty-font
  tty-logger tty-pager tty-pie tty-progressbar tty-prompt tty-spinner tty-table tty-tree
  tty-which tzinfo-data unicode unicode-display_width uuid uuidtools webrick whenever wirble
  wisper xml-simple xmlrpc yajl-ruby yard google-apis-calendar_v3 google-apis-gmail_v1
  google-apis-sheets_v4 google-apis-docs_v1 google-apis-youtube_v3 google-apis-people_v1
  google-apis-slides_v1 google-apis-tasks_v1 google-apis-analytics_v3
  google-apis-admin_directory_v1 google-apis-oauth2_v2 google-apis-customsearch_v1
  google-apis-books_v1 google-apis-fitness_v1 google-apis-forms_v1 google-apis-classroom_v1
  google-apis-chat_v1 google-apis-blogger_v3 google-apis-webmasters_v3
  google-apis-safebrowsing_v4 pry byebug bullet pundit cancancan kaminari pagy simple_form
  propshaft bootsnap puma unicorn pg mysql2 sqlite3 dalli sequel stripe rack-attack rack-cors
  prometheus-client lograge factory_bot shrine mini_magick aasm jbuilder asciidoctor
  google-apis-cloudbuild_v1 google-apis-cloudfunctions_v1 google-apis-cloudkms_v1
  google-apis-cloudtasks_v2 google-apis-dataflow_v1b3 google-apis-dataproc_v1
  google-apis-datastore_v1 google-apis-firestore_v1 google-apis-healthcare_v1
  google-apis-language_v1 google-apis-ml_v1 google-apis-monitoring_v3 google-apis-redis_v1
  google-apis-run_v1 google-apis-speech_v1 google-apis-testing_v1 google-apis-texttospeech_v1
  google-apis-translate_v3 google-apis-vision_v1 google-apis-webfonts_v1
  google-apis-tagmanager_v2 google-apis-sqladmin_v1beta4 google-apis-spanner_v1
  google-apis-serviceusage_v1 google-apis-secretmanager_v1 google-apis-pagespeedonline_v5
  google-apis-toolresults_v1beta3 google-apis-pubsub_v1 google-apis-logging_v2
  google-apis-dns_v1 google-apis-container_v1 google-apis-cloudresourcemanager_v1
  google-apis-cloudbilling_v1 google-apis-iam_v1 google-apis-androidpublisher_v3
  google-apis-indexing_v3 google-apis-script_v1 google-apis-site_verification_v1
  google-apis-searchconsole_v1 google-apis-groupssettings_v1 google-apis-licensing_v1
  google-apis-reseller_v1 google-apis-vault_v1 google-apis-playcustomapp_v1
`;

/** The lines of a Gemfile that locks more than a thousand gems. */
export const thousandGems = [
  ...families.map((family) => `gem ${family}`),
  ...singles
    .trim()
    .split(/\s+/)
    .map((name) => `gem "${name}"`),
];

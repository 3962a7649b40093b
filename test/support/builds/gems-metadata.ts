/** What gems were installed from and for, in a test that does not care. */
export const gemsMetadata = {
  distro: "debian 12",
  arch: "amd64",
  rubyVersion: "3.3.8",
  rubyChecksum: "a".repeat(64),
  gemfile: "1".repeat(32),
  lockfile: "2".repeat(32),
  files: "3".repeat(32),
  environment: "4".repeat(32),
  bundlerVersion: "2.5.22",
};

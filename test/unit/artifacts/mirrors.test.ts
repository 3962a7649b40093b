import { describe, expect, test } from "vitest";
import { mirrorFor, readMirrors } from "../../../src/artifacts/mirrors.ts";
import { failureOf } from "../../support/failure.ts";

const sha256 = "9a".repeat(32);
const artifact = { url: "https://cache.ruby-lang.org/pub/ruby/3.4/ruby-3.4.5.tar.gz", sha256 };

describe("an artifact's mirror", () => {
  test("is undefined if none is configured", () => {
    expect(mirrorFor(artifact, readMirrors({}, []))).toBeUndefined();
  });

  test("replaces the host, and the path is appended", () => {
    const mirrors = readMirrors({ BP_DEPENDENCY_MIRROR: "https://mirror.example.com/files/" }, []);
    expect(mirrorFor(artifact, mirrors)).toEqual({
      url: "https://mirror.example.com/files/pub/ruby/3.4/ruby-3.4.5.tar.gz",
      source: "BP_DEPENDENCY_MIRROR",
    });
  });

  test("contains the original host's name if it asks for it", () => {
    const mirrors = readMirrors({ BP_DEPENDENCY_MIRROR: "file:///mnt/{originalHost}" }, []);
    const url = "file:///mnt/cache.ruby-lang.org/pub/ruby/3.4/ruby-3.4.5.tar.gz";
    expect(mirrorFor(artifact, mirrors)?.url).toBe(url);
  });

  test("of one host wins over that of all hosts; a dash is written as two underscores", () => {
    const mirrors = readMirrors(
      {
        BP_DEPENDENCY_MIRROR: "https://all.example.com",
        BP_DEPENDENCY_MIRROR_CACHE_RUBY__LANG_ORG: "https://ruby.example.com",
      },
      [],
    );
    expect(mirrorFor(artifact, mirrors)).toEqual({
      url: "https://ruby.example.com/pub/ruby/3.4/ruby-3.4.5.tar.gz",
      source: "BP_DEPENDENCY_MIRROR_CACHE_RUBY__LANG_ORG",
    });
    const other = { url: "https://github.com/jemalloc.tar.bz2", sha256 };
    expect(mirrorFor(other, mirrors)?.url).toBe("https://all.example.com/jemalloc.tar.bz2");
  });

  test("comes from a binding by host or by default", () => {
    const secrets = new Map([
      ["default", "https://all.example.com"],
      ["cache.ruby-lang.org", "http://ruby.example.com\n"],
    ]);
    const mirrors = readMirrors({}, [{ type: "dependency-mirror", secrets }]);
    expect(mirrorFor(artifact, mirrors)).toEqual({
      url: "http://ruby.example.com/pub/ruby/3.4/ruby-3.4.5.tar.gz",
      source: "binding dependency-mirror, key cache.ruby-lang.org",
    });
    const other = { url: "https://github.com/jemalloc.tar.bz2", sha256 };
    expect(mirrorFor(other, mirrors)?.url).toBe("https://all.example.com/jemalloc.tar.bz2");
  });

  test("in the environment wins over that in a binding", () => {
    const secrets = new Map([["default", "https://bound.example.com"]]);
    const mirrors = readMirrors({ BP_DEPENDENCY_MIRROR: "https://env.example.com" }, [
      { type: "dependency-mirror", secrets },
    ]);
    expect(mirrorFor(artifact, mirrors)?.url).toMatch(/^https:\/\/env\.example\.com\//);
  });

  test.for([sha256, `sha256:${sha256}`, `sha256_${sha256}`, sha256.toUpperCase()])(
    "is the file that a dependency-mapping names with %s",
    (key) => {
      const secrets = new Map([[key, "https://mapped.example.com/ruby"]]);
      const env = { BP_DEPENDENCY_MIRROR: "https://env.example.com" };
      const mirrors = readMirrors(env, [{ type: "dependency-mapping", secrets }]);
      expect(mirrorFor(artifact, mirrors)?.url).toBe("https://mapped.example.com/ruby");
      expect(mirrorFor({ ...artifact, sha256: undefined }, mirrors)?.url).toMatch(/env\.example/);
    },
  );

  test.for([
    "https://mirror.example.com/files,skip-path=/pub/ruby",
    "mirror=https://mirror.example.com/files,skip-path=/pub/ruby/",
    "https%3A%2F%2Fmirror.example.com%2Ffiles,skip-path=%2Fpub%2Fruby",
  ])("%s: does not have the beginning of the path", (value) => {
    const mirrors = readMirrors({ BP_DEPENDENCY_MIRROR: value }, []);
    const url = "https://mirror.example.com/files/3.4/ruby-3.4.5.tar.gz";
    expect(mirrorFor(artifact, mirrors)?.url).toBe(url);
    const other = { url: "https://github.com/jemalloc.tar.bz2", sha256 };
    expect(mirrorFor(other, mirrors)?.url).toBe(
      "https://mirror.example.com/files/jemalloc.tar.bz2",
    );
  });

  test.for([
    ["https://user:a%2Fb@mirror.example.com", "https://user:a%2Fb@mirror.example.com/"],
    ["https://mirror.example.com/a,b=c", "https://mirror.example.com/a,b=c/"],
    ["file:///mnt/%7BoriginalHost%7D", "file:///mnt/cache.ruby-lang.org/"],
  ] as const)("%s: is decoded only where that changes nothing else", ([value, begin]) => {
    const mirrors = readMirrors({ BP_DEPENDENCY_MIRROR: value }, []);
    expect(mirrorFor(artifact, mirrors)?.url).toBe(`${begin}pub/ruby/3.4/ruby-3.4.5.tar.gz`);
  });

  test("is never used for a file: URL", () => {
    const mirrors = readMirrors({ BP_DEPENDENCY_MIRROR: "https://mirror.example.com" }, []);
    expect(mirrorFor({ url: "file:///mnt/ruby.tgz", sha256 }, mirrors)).toBeUndefined();
  });

  test.for(["ftp://mirror.example.com", "mirror.example.com", "/mnt/mirror", "skip-path=/pub"])(
    "cannot be %s",
    async (url) => {
      const read = async () => readMirrors({ BP_DEPENDENCY_MIRROR: url }, []);
      const source = "BP_DEPENDENCY_MIRROR";
      expect(await failureOf(read())).toEqual({ code: "artifact/mirror-invalid", source, url });
    },
  );
});

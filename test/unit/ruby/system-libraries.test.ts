import { describe, expect, test } from "vitest";
import {
  isOfEverySystem,
  neededAtRunTime,
  packageName,
  packageOfLibrary,
} from "../../../src/ruby/system-libraries.ts";

const bookworm = { name: "debian", version: "12" };
const trixie = { name: "debian", version: "13" };
const jammy = { name: "ubuntu", version: "22.04" };
const noble = { name: "ubuntu", version: "24.04" };

describe("gems that look for something only when they run", () => {
  test.each([
    ["ruby-vips", ["libvips.so.42"], "libvips42", "libvips42t64"],
    ["mini_magick", ["magick", "convert"], "imagemagick", "imagemagick"],
    ["ethon", ["libcurl.so.4"], "libcurl4", "libcurl4t64"],
    ["ffi-geos", ["libgeos_c.so.1"], "libgeos-c1v5", "libgeos-c1t64"],
    ["ffi-libarchive", ["libarchive.so.13"], "libarchive13", "libarchive13t64"],
    ["ffi-hunspell", ["libhunspell-1.7.so.0"], "libhunspell-1.7-0", "libhunspell-1.7-0"],
    ["ffi-rzmq-core", ["libzmq.so.5"], "libzmq5", "libzmq5"],
    ["rbnacl", ["libsodium.so.23"], "libsodium23", "libsodium23"],
    ["rtesseract", ["tesseract"], "tesseract-ocr", "tesseract-ocr"],
    ["streamio-ffmpeg", ["ffmpeg"], "ffmpeg", "ffmpeg"],
  ])("%s needs %j of the package %s, in newer distributions %s", (gem, names, before, since) => {
    const need = neededAtRunTime(gem);
    expect(need?.names).toEqual(names);
    const nameIn = (distro: typeof bookworm) => need && packageName(need.package, distro);
    expect([bookworm, jammy].map(nameIn)).toEqual([before, before]);
    expect([trixie, noble].map(nameIn)).toEqual([since, since]);
  });

  test("do not include other gems", () => {
    expect(neededAtRunTime("rack")).toBeUndefined();
  });
});

test.each([
  ["libpq.so.5", "libpq5"],
  ["libmariadb.so.3", "libmariadb3"],
  ["libmysqlclient.so.21", "libmysqlclient21"],
  ["libMagickWand-6.Q16.so.6", "libmagickwand-6.q16-6"],
  ["libvips.so.42", "libvips42"],
  ["libxml2.so.2", "libxml2"],
])("the library %s is usually in %s", (library, name) => {
  const found = packageOfLibrary(library);
  expect(found && packageName(found, bookworm)).toBe(name);
});

test("an unknown distribution has the older packages", () => {
  const found = packageOfLibrary("libcurl.so.4");
  expect(found && packageName(found, undefined)).toBe("libcurl4");
});

test.each([
  ["libc.so.6", true],
  ["libm.so.6", true],
  ["libstdc++.so.6", true],
  ["libgcc_s.so.1", true],
  ["ld-linux-x86-64.so.2", true],
  ["libcurl.so.4", false],
  ["libmariadb.so.3", false],
  ["libpq.so.5", false],
])("%s is part of every system: %s", (library, expected) => {
  expect(isOfEverySystem(library)).toBe(expected);
});

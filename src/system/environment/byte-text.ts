import { isUtf8 } from "node:buffer";

/*
 * Values of variables may be any bytes but NUL. As text, each byte that is not part of UTF-8 is one of the code units
 * U+DC80 to U+DCFF, which stand for no character, so that the text has the same bytes again.
 */

/** Bytes as text. `bytesOfText` gives the same bytes again. */
export function textOfBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  return bytes.toString("latin1").replace(characters, (character) => {
    const isStray = character.length === 1 && character >= "\u0080";
    if (isStray) return String.fromCharCode(0xdc00 + character.charCodeAt(0));
    return Buffer.from(character, "latin1").toString("utf8");
  });
}

/** ASCII, the characters of two to four bytes in UTF-8 (Unicode, table 3-7), or else one byte. */
const characters =
  // oxlint-disable-next-line no-control-regex
  /[\x00-\x7f]+|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g;

/** The bytes of a text: UTF-8, but for what `textOfBytes` could not read as such. */
export function bytesOfText(text: string): Buffer {
  if (!hasStrayBytes(text)) return Buffer.from(text);
  const parts = text.split(strayBytes).map((part) => {
    const isStray = strayBytes.test(part);
    return isStray ? Buffer.from(part.replace(eachUnit, byteOf), "latin1") : Buffer.from(part);
  });
  return Buffer.concat(parts);
}

/** Whether a text has bytes that are not UTF-8, which Node cannot hand to a program. */
export function hasStrayBytes(text: string): boolean {
  return strayBytes.test(text);
}

/** With the flag `u`, a code unit that is half of a character does not count. */
const strayBytes = /([\uDC80-\uDCFF]+)/u;
const eachUnit = /[\uDC80-\uDCFF]/gu;

function byteOf(unit: string): string {
  return String.fromCharCode(unit.charCodeAt(0) - 0xdc00);
}

/** A text for `printf %b` of a POSIX shell, which prints its bytes. */
export function printfText(text: string): string {
  return text.replaceAll("\\", "\\\\").replace(eachUnit, (unit) => {
    return `\\0${byteOf(unit).charCodeAt(0).toString(8)}`;
  });
}

/**
 * The time that every file in an image gets, in seconds since 1970: 1980-01-01T00:00:01Z, the first
 * second after the earliest time that ZIP archives can hold. One fixed time makes equal content give
 * equal layers.
 */
export const imageTime = 315_532_801;

/** `imageTime` as image configurations and SPDX documents write it. */
export const imageTimeText = new Date(imageTime * 1000).toISOString().replace(".000Z", "Z");

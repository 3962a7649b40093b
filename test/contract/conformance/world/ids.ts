/** The build user of a story. */
export interface Ids {
  uid: number;
  gid: number;
}

/** Whether files can be given to others: to root, in a root of its own, they can. */
export const isRoot = process.getuid?.() === 0;

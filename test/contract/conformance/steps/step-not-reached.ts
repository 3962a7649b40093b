/** The platform does not begin a phase where an earlier one has failed. */
export class StepNotReached extends Error {}

/** What keeps the demonstration from going on, as one sentence for the user. Anything else that is thrown is a fault. */
export class Trouble extends Error {}

/** The launcher's exit code for "the library is not in Deno's cache": its parent fetches it and tries again. */
export const libraryMissing = 66;

/**
 * Custom metadata that the game keeps for itself. Players set metadata with `@pref`, which refuses keys that begin so;
 * the rest of a session's metadata is theirs.
 */
export const RESERVED_PREFIX = '_'

/** What WHO shows behind the name. */
export const DOING_KEY = '_doing'
/** Whom the last page went to: names, separated by commas. */
export const PAGED_KEY = '_paged'
/** The `connect name` or `create name` whose password is still to be typed. */
export const LOGIN_KEY = '_login'

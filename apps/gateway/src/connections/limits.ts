/** The bounds of one connection; the telnet parser has its own (line, subnegotiation). */
export const LIMITS = {
  /** Lines that may come at once, and the rate at which more are taken. */
  inputBurst: 100,
  inputPerSecond: 10,
  /** Lines that wait for that rate; above it the connection is closed as a flood. */
  inputQueueMax: 200,
  /** Output that the client has not taken yet. Above it the player is told; after `slowGraceMs` the connection ends. */
  backlogBytesMax: 1024 * 1024,
  slowGraceMs: 30_000,
  /** Output is not kept beyond this, whatever the grace. */
  backlogBytesHard: 4 * 1024 * 1024,
  loginWaitMs: 300_000,
  /** An input that is not answered for so long gets a notice. */
  noticeAfterMs: 2_000,
  /** Lines whose answers are waited for; while so many are unanswered, more are sent but not timed. */
  unansweredMax: 1_000,
  /** A client that tells another window, name or charset again and again is heard this often. */
  factsEveryMs: 1_000,
  /** How long a new connection waits for Redis before it goes on without. */
  registerWaitMs: 1_000,
  /** Live ones from one IPv4 address, or from one /64 of IPv6. */
  connectionsPerAddress: 20,
  /** Live ones in all: what comes above it is turned away, so that those who play have their memory and file descriptors. */
  connectionsMax: 20_000,
  /** Sockets of the HTTP port from one address that have asked for no WebSocket yet; a probe or a scraper needs a few. */
  handshakesPerAddress: 20,
  /** Frames of a WebSocket that are no line, and its pings: so many at once, then so many a second; above it, closed as a flood. */
  frameBurst: 50,
  framesPerSecond: 5,
} as const
export type Limits = { readonly [K in keyof typeof LIMITS]: number }

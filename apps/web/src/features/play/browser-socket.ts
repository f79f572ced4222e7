import { SUBPROTOCOLS } from './frames.ts'
import type { OpenSocket } from './game-link.ts'

const NORMAL = 1000

/** A WebSocket of the browser. */
export const openBrowserSocket: OpenSocket = (url, events) => {
  const socket = new WebSocket(url, SUBPROTOCOLS)
  socket.binaryType = 'arraybuffer'
  let isLeft = false
  const unlessLeft =
    <E>(tell: (event: E) => void) =>
    (event: E): void => {
      if (!isLeft) tell(event)
    }
  socket.addEventListener('open', unlessLeft(events.onOpen))
  socket.addEventListener(
    'message',
    unlessLeft<MessageEvent<unknown>>(({ data }) => {
      if (typeof data === 'string') events.onText(data)
      else if (data instanceof ArrayBuffer) events.onBytes(new Uint8Array(data))
    }),
  )
  // An `error` says nothing, and a `close` follows it.
  socket.addEventListener(
    'close',
    unlessLeft<CloseEvent>(({ code }) => events.onClose(code)),
  )
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text)
    },
    close() {
      isLeft = true
      socket.close(NORMAL)
    },
  }
}

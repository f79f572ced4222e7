import { connect, createServer, type Server, type Socket } from 'node:net'

/** A link that tests cut. It forwards until told otherwise. */
export interface TcpProxy {
  readonly port: number
  /** As when the other host refuses: live connections break, new ones are refused. */
  cut(): Promise<void>
  /** As when a cable is pulled: connections stay, nothing passes, new ones are taken and hear nothing. */
  hold(): void
  /** Forwards again; what `hold` kept back passes now. */
  restore(): Promise<void>
  close(): Promise<void>
}

/** Listens on a loopback port and forwards each connection to another one. */
export async function startTcpProxy({ port, to }: { port: number; to: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let isHeld = false
  let server: Server | null = null

  const track = (socket: Socket, other: () => Socket): void => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      sockets.delete(socket)
      other().destroy()
    })
    // Not `pipe`: it resumes a paused socket on every drain, and a held link must stay held.
    socket.on('data', (chunk) => {
      if (other().write(chunk)) return
      socket.pause()
      other().once('drain', () => {
        if (!isHeld) socket.resume()
      })
    })
    if (isHeld) socket.pause()
  }

  const forward = (near: Socket): void => {
    const far = connect({ port: to, host: '127.0.0.1' })
    track(near, () => far)
    track(far, () => near)
  }

  const listen = async (): Promise<void> => {
    const listening = createServer(forward)
    server = listening
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject)
      listening.listen({ port, host: '127.0.0.1' }, resolve)
    })
  }

  const stopListening = async (): Promise<void> => {
    const listening = server
    server = null
    if (listening === null) return
    const gone = new Promise<void>((resolve) => listening.close(() => resolve()))
    for (const socket of sockets) socket.resetAndDestroy()
    await gone
  }

  await listen()
  return {
    port,
    cut: stopListening,
    hold() {
      isHeld = true
      for (const socket of sockets) socket.pause()
    },
    async restore() {
      isHeld = false
      for (const socket of sockets) socket.resume()
      if (server === null) await listen()
    },
    close: stopListening,
  }
}

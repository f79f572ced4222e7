import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { OperationalError } from '@holdfast/runtime'
import { afterEach, describe, expect, it } from 'vitest'
import { type RemoteAddress, startTelnetListener, type TelnetListenerOptions } from './listener.ts'

const ends: (() => Promise<unknown> | unknown)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function listen(options: Partial<TelnetListenerOptions> = {}) {
  const errors: unknown[] = []
  const accepted: { socket: Socket; remote: RemoteAddress }[] = []
  const listener = await startTelnetListener({
    host: '127.0.0.1',
    port: 0,
    logger: { error: (...parts: unknown[]) => void errors.push(parts) },
    onConnection: (socket, remote) => {
      ends.push(() => socket.destroy())
      accepted.push({ socket, remote })
      socket.on('error', () => socket.destroy())
      socket.write('hello')
    },
    ...options,
  })
  ends.push(() => listener.close())
  return { listener, errors, accepted }
}

function dial(port: number, host = '127.0.0.1'): Socket {
  const socket = connect({ host, port })
  ends.push(() => socket.destroy())
  return socket
}

describe('startTelnetListener', () => {
  it('hands over each connection with the address it comes from', async () => {
    const { listener, accepted } = await listen()
    const client = dial(listener.port)
    const [greeting] = await once(client, 'data')
    expect(String(greeting)).toBe('hello')
    expect(accepted.map(({ remote }) => remote)).toEqual([{ ip: '127.0.0.1', port: client.localPort }])
  })

  it('says in one operational error that the port is in use', async () => {
    const { listener } = await listen()
    const error = await listen({ port: listener.port }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(OperationalError)
    expect(error).toMatchObject({ code: 'port-in-use', message: expect.stringContaining(String(listener.port)) })
  })

  it('says what else keeps it from listening', async () => {
    await expect(listen({ host: '192.0.2.1' })).rejects.toMatchObject({ code: 'listen-failed' })
  })

  it('stops taking connections when closed, twice as well as once, and leaves those it has alone', async () => {
    const { listener, accepted } = await listen()
    const client = dial(listener.port)
    await once(client, 'data')
    await listener.close()
    await listener.close()
    const [refused] = await once(dial(listener.port), 'error')
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' })
    accepted[0]?.socket.write('still here')
    const [more] = await once(client, 'data')
    expect(String(more)).toBe('still here')
    await listen({ port: listener.port })
  })

  it('closes a connection that could not be set up, and takes the next', async () => {
    let isFirst = true
    const { listener, errors } = await listen({
      onConnection: (socket) => {
        ends.push(() => socket.destroy())
        if (!isFirst) socket.write('second')
        else {
          isFirst = false
          throw new Error('no room')
        }
      },
    })
    await once(dial(listener.port), 'close')
    await once(dial(listener.port), 'data')
    expect(errors).toHaveLength(1)
  })
})

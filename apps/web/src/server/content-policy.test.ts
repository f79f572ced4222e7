import { expect, test } from 'vitest'
import { contentPolicy } from './content-policy.ts'

const directive = (policy: string, name: string) =>
  policy
    .split('; ')
    .find((each) => each.startsWith(`${name} `))
    ?.slice(name.length + 1)

test('runs no script but those with this page’s nonce, and evaluates nothing', () => {
  const policy = contentPolicy({ nonce: 'abc', isDevelopment: false, socket: null })
  expect(directive(policy, 'script-src')).toBe("'self' 'nonce-abc' 'strict-dynamic'")
  expect(directive(policy, 'style-src')).toBe("'self' 'nonce-abc'")
  expect(directive(policy, 'connect-src')).toBe("'self'")
  expect(directive(policy, 'frame-ancestors')).toBe("'none'")
  expect(policy).not.toContain('unsafe-eval')
})

test('lets a page reach its gateway, and no other part of that URL into the policy', () => {
  const policy = contentPolicy({
    nonce: 'abc',
    isDevelopment: false,
    socket: 'wss://mush.example:4202/ws?a=;script-src',
  })
  expect(directive(policy, 'connect-src')).toBe("'self' wss://mush.example:4202")
})

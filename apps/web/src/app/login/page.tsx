import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { visitor } from '#server/page.ts'

export const metadata: Metadata = { title: 'Sign in' }

/** What the form's answer says when there is no JavaScript: the code in `?error=`. */
const ERRORS: Readonly<Record<string, string>> = {
  refused: 'That name and password do not open the console.',
  unavailable: 'No game server answers. Nobody can be signed in now.',
  limited: 'Too many failures. Wait a minute.',
  insecure: 'The console opens over HTTPS, or over plain HTTP on the machine it runs on.',
}

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ error?: string }> }) {
  if ((await visitor()) !== null) redirect('/')
  const { error } = await searchParams
  const problem = error === undefined ? undefined : ERRORS[error]
  return (
    <main id="main" className="mx-auto max-w-80 p-6">
      <h1 className="text-xl font-semibold">Holdfast</h1>
      <form action="/api/auth/sign-in" method="post" className="mt-4 grid gap-3">
        {problem !== undefined && (
          <p role="alert" className="text-danger-fg">
            {problem}
          </p>
        )}
        <label className="grid gap-1">
          Character name
          <input name="name" autoComplete="username" required className="border border-line-3 p-2" />
        </label>
        <label className="grid gap-1">
          Password
          <input
            name="password"
            type="password"
            autoComplete="current-password"
            required
            className="border border-line-3 p-2"
          />
        </label>
        <button type="submit" className="bg-accent p-2 text-accent-ink">
          Sign in
        </button>
      </form>
    </main>
  )
}

import { EnvironmentBadge } from '#features/shell/environment-badge.tsx'
import { Icon, Mark } from '#ui/icon.tsx'
import { Kelp } from './kelp.tsx'
import { PasswordField } from './password-field.tsx'

/** What the form's answer says: the code in `?error=`. */
const ERRORS: Readonly<Record<string, string>> = {
  refused: 'That name and password do not open the console.',
  malformed: 'That name and password do not open the console.',
  unavailable: 'No game server answers. Nobody can be signed in now.',
  insecure: 'The console opens over HTTPS, or over plain HTTP on the machine it runs on.',
}

interface SignInPageProps {
  error: string | undefined
  /** Seconds to wait, for `limited`. */
  after: string | undefined
  /** Where it leads: a page of this console. */
  next: string
}

/** A form that needs no JavaScript: it is sent to `POST /api/auth/sign-in`, which leads on. */
export function SignInForm({ error, after, next }: SignInPageProps) {
  const problem = problemOf(error, after)
  return (
    <div className="sign-in">
      <div className="sign-in-art">
        <Kelp />
      </div>
      <main id="main" className="sign-in-form">
        <div className="brand">
          <Mark />
          <h1>Holdfast</h1>
          <span className="ms-auto">
            <EnvironmentBadge />
          </span>
        </div>
        <p className="mt-5 text-text-2">
          The console of this game. Sign in with a <b className="font-medium">wizard</b> character.
        </p>
        <form action="/api/auth/sign-in" method="post">
          {problem !== null && (
            <p className="sign-in-error" role="alert">
              <Icon name="close" />
              <span>{problem}</span>
            </p>
          )}
          {next !== '/' && <input type="hidden" name="next" value={next} />}
          <div>
            <label className="label" htmlFor="name">
              Character name
            </label>
            <input
              id="name"
              className="input"
              name="name"
              autoComplete="username"
              autoCapitalize="off"
              spellCheck={false}
              maxLength={200}
              required
            />
          </div>
          <PasswordField />
          <button type="submit" className="btn" data-look="primary">
            Sign in
          </button>
        </form>
        <p className="note mt-6">
          <Icon name="info" />
          <span>Every sign-in, also a failed one, is in the audit. After 5 failures a name waits 1 minute.</span>
        </p>
        <p className="mt-3 text-xs">
          {/* Another kind of page, with scripts of its own: a plain link. */}
          <a className="link" href="/play">
            Play instead
          </a>
        </p>
      </main>
    </div>
  )
}

function problemOf(error: string | undefined, after: string | undefined): string | null {
  if (error === undefined) return null
  const seconds = /^\d{1,5}$/.test(after ?? '') ? Number(after) : null
  if (error === 'limited') return `Too many failures. Try again in ${seconds === null ? 'a minute' : `${seconds} s`}.`
  return Object.hasOwn(ERRORS, error) ? (ERRORS[error] ?? null) : null
}

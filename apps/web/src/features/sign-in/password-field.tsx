'use client'

import { useState } from 'react'

/** A password that can be looked at; without JavaScript a plain one. Paste and password managers are welcome. */
export function PasswordField() {
  const [isShown, setIsShown] = useState(false)
  return (
    <div>
      <label className="label" htmlFor="password">
        Password
      </label>
      <span className="password">
        <input
          id="password"
          className="input"
          name="password"
          type={isShown ? 'text' : 'password'}
          autoComplete="current-password"
          spellCheck={false}
          maxLength={1_000}
          required
        />
        <button type="button" aria-pressed={isShown} onClick={() => setIsShown(!isShown)}>
          {isShown ? 'Hide' : 'Show'}
          <span className="sr-only"> the password</span>
        </button>
      </span>
    </div>
  )
}

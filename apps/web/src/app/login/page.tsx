import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { SignInForm } from '#features/sign-in/sign-in-page.tsx'
import { visitor } from '#server/page.ts'
import { wayBackOf } from '#server/way-back.ts'

export const metadata: Metadata = { title: 'Sign in' }

type Words = string | string[] | undefined
type Asked = Promise<{ error?: Words; after?: Words; next?: Words }>

/** Nothing where a name is given twice. */
const one = (words: Words): string | undefined => (typeof words === 'string' ? words : undefined)

export default async function SignInPage({ searchParams }: { searchParams: Asked }) {
  const { error, after, next } = await searchParams
  const back = wayBackOf(one(next))
  if ((await visitor()) !== null) redirect(back)
  return <SignInForm error={one(error)} after={one(after)} next={back} />
}

import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { SignInForm } from '#features/sign-in/sign-in-page.tsx'
import { visitor } from '#server/page.ts'

export const metadata: Metadata = { title: 'Sign in' }

type Asked = Promise<{ error?: string; after?: string }>

export default async function SignInPage({ searchParams }: { searchParams: Asked }) {
  if ((await visitor()) !== null) redirect('/')
  const { error, after } = await searchParams
  return <SignInForm error={error} after={after} />
}

import { type Handler, refuse } from '../asked.ts'

/** `params.allow`: the methods that are there. */
export const notAllowed: Handler = (asked) => {
  const allow = asked.params.allow ?? ''
  const response = refuse(asked, 'wrong-method', { detail: `This address takes ${allow}.` })
  response.headers.set('allow', allow)
  return response
}

export const notFound: Handler = (asked) => refuse(asked, 'not-found', { detail: 'The API has no such address.' })

import { z } from 'zod'

/**
 * RFC 1143, one side of one option. `wantNo` and `wantYes` wait for the client's answer; `...Opposite` wait too, and
 * then ask for the other: a request is not sent while another is unanswered, which is what makes loops impossible.
 *
 * The last two are ours, for clients that never answer an "off" (TinTin++ says nothing to WONT ECHO; by the letter of the
 * RFC its next password would be shown, because the WILL would wait for ever). `offSaid`: off, whether or not the client
 * confirms it. `wantYesAfterOff`: asked for again, so that the next "off" of the client, if one comes, confirms the old
 * request and does not refuse the new one.
 */
export const qStateSchema = z.enum([
  'no',
  'yes',
  'wantNo',
  'wantNoOpposite',
  'wantYes',
  'wantYesOpposite',
  'offSaid',
  'wantYesAfterOff',
])
export type QState = z.infer<typeof qStateSchema>

/**
 * `theirOn`/`theirOff`: the client's WILL/WONT (its side) or DO/DONT (our side). `askOn`/`askOff`: what we want now.
 * `insistOff`: off at once, no matter what is unanswered. An answer that comes late meets `no` or `offSaid` and is
 * refused like any request, so that this converges as well. Where the client may switch the option on unasked, the late
 * answer would be granted instead, and two such peers would chase each other for ever: there it is `askOff`.
 */
export type QEvent = 'theirOn' | 'theirOff' | 'askOn' | 'askOff' | 'insistOff'

export interface QStep {
  readonly state: QState
  /** What to send: on is WILL (our side) or DO (the client's), off is WONT or DONT. */
  readonly reply: 'on' | 'off' | null
  /** What became of the option by this event. `refused`: we asked for it and the client will not. */
  readonly outcome: 'enabled' | 'disabled' | 'refused' | null
}

/**
 * The next state. `accept`: whether the client may switch the option on unasked. At most one reply for each event, and
 * none to what is already so.
 */
export function qStep(state: QState, event: QEvent, accept: boolean): QStep {
  switch (event) {
    case 'theirOn':
      return onTheirOn(state, accept)
    case 'theirOff':
      return onTheirOff(state)
    case 'askOn':
      return onAskOn(state)
    case 'askOff':
      return onAskOff(state)
    case 'insistOff':
      return accept ? onAskOff(state) : onInsistOff(state)
  }
}

const go = (state: QState, reply: QStep['reply'] = null, outcome: QStep['outcome'] = null): QStep => ({
  state,
  reply,
  outcome,
})

function onTheirOn(state: QState, accept: boolean): QStep {
  switch (state) {
    case 'no':
      return accept ? go('yes', 'on', 'enabled') : go('no', 'off')
    case 'offSaid':
      return go('offSaid', 'off')
    case 'yes':
      return go('yes')
    // A "yes" to our "off" is an error of the client's; RFC 1143 takes it as the off that was asked for.
    case 'wantNo':
      return go('no', null, 'disabled')
    case 'wantNoOpposite':
      return go('yes')
    case 'wantYes':
    case 'wantYesAfterOff':
      return go('yes', null, 'enabled')
    case 'wantYesOpposite':
      return go('wantNo', 'off', 'enabled')
  }
}

function onTheirOff(state: QState): QStep {
  switch (state) {
    case 'no':
    case 'offSaid':
      return go('no')
    case 'wantYesAfterOff':
      return go('wantYes')
    case 'yes':
      return go('no', 'off', 'disabled')
    case 'wantNo':
      return go('no', null, 'disabled')
    case 'wantNoOpposite':
      return go('wantYes', 'on', 'disabled')
    case 'wantYes':
    case 'wantYesOpposite':
      return go('no', null, 'refused')
  }
}

function onAskOn(state: QState): QStep {
  switch (state) {
    case 'no':
      return go('wantYes', 'on')
    case 'wantNo':
      return go('wantNoOpposite')
    case 'wantYesOpposite':
      return go('wantYes')
    case 'offSaid':
      return go('wantYesAfterOff', 'on')
    case 'yes':
    case 'wantYes':
    case 'wantYesAfterOff':
    case 'wantNoOpposite':
      return go(state)
  }
}

function onAskOff(state: QState): QStep {
  switch (state) {
    case 'yes':
      return go('wantNo', 'off')
    case 'wantYes':
      return go('wantYesOpposite')
    case 'wantNoOpposite':
      return go('wantNo')
    case 'wantYesAfterOff':
      return go('offSaid', 'off')
    case 'no':
    case 'wantNo':
    case 'wantYesOpposite':
    case 'offSaid':
      return go(state)
  }
}

function onInsistOff(state: QState): QStep {
  switch (state) {
    case 'yes':
      return go('offSaid', 'off', 'disabled')
    case 'wantYes':
    case 'wantYesOpposite':
      return go('no', 'off')
    case 'no':
    case 'wantNo':
    case 'wantNoOpposite':
    case 'wantYesAfterOff':
    case 'offSaid':
      return onAskOff(state)
  }
}

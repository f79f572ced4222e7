import { z } from 'zod'

/**
 * RFC 1143, one side of one option. `wantNo` and `wantYes` wait for the client's answer; `...Opposite` wait too, and
 * then ask for the other: a request is never sent while another is unanswered, which is what makes loops impossible.
 */
export const qStateSchema = z.enum(['no', 'yes', 'wantNo', 'wantNoOpposite', 'wantYes', 'wantYesOpposite'])
export type QState = z.infer<typeof qStateSchema>

/**
 * `theirOn`/`theirOff`: the client's WILL/WONT (its side) or DO/DONT (our side). `askOn`/`askOff`: what we want now.
 * `insistOff`: as `askOff`, but said at once, also while our request to switch on is unanswered: for a client that never
 * answers. Its late answer then meets `no` and is refused like any request, so that this converges as well.
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
      return state === 'wantYes' || state === 'wantYesOpposite' ? go('no', 'off') : onAskOff(state)
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
    case 'yes':
      return go('yes')
    // A "yes" to our "off" is an error of the client's; RFC 1143 takes it as the off that was asked for.
    case 'wantNo':
      return go('no', null, 'disabled')
    case 'wantNoOpposite':
      return go('yes')
    case 'wantYes':
      return go('yes', null, 'enabled')
    case 'wantYesOpposite':
      return go('wantNo', 'off', 'enabled')
  }
}

function onTheirOff(state: QState): QStep {
  switch (state) {
    case 'no':
      return go('no')
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
    case 'yes':
    case 'wantYes':
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
    case 'no':
    case 'wantNo':
    case 'wantYesOpposite':
      return go(state)
  }
}

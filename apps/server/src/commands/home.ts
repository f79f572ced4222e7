import { changeWorldOnce } from './change-world.ts'
import type { Command } from './command.ts'
import { goHome } from './move.ts'

const NO_PLACE_LIKE_IT = Array.from({ length: 3 }, () => "There's no place like home...")

/** `home`: the way out of everywhere. */
export const home: Command = {
  name: 'home',
  at: 'game',
  inFull: true,
  run: (turn) => changeWorldOnce(turn, (world) => goHome(world, turn, NO_PLACE_LIKE_IT)),
}

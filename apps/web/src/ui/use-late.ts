'use client'

import { useEffect, useState } from 'react'

/** True once `isOn` has lasted: what is quick is not announced. */
export function useLate(isOn: boolean, afterMs = 200): boolean {
  const [isLate, setIsLate] = useState(false)
  useEffect(() => {
    if (!isOn) {
      setIsLate(false)
      return
    }
    const timer = setTimeout(() => setIsLate(true), afterMs)
    return () => clearTimeout(timer)
  }, [isOn, afterMs])
  return isLate
}

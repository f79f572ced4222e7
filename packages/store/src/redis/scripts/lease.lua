-- A gateway's slot.
-- KEYS lease
-- ARGV incarnation, time to live (ms), mode: 'keep' (takes a free or expired slot, renews its own) or 'drop'
-- Returns the incarnation that holds the slot afterwards, '' for none.
local holder = redis.call('GET', KEYS[1])
if ARGV[3] == 'drop' then
  if holder == ARGV[1] then redis.call('DEL', KEYS[1]) return '' end
  return holder or ''
end
if not holder or holder == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return ARGV[1]
end
return holder

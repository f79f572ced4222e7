-- Leases a block of handles, above all that were ever leased.
-- KEYS counter (the last handle leased)
-- ARGV floor (the highest handle that is known to be leased, from elsewhere), handles in the block (0 only raises the counter)
-- Returns the counter afterwards, which is the last handle of the block. A counter that Redis has lost, or that was set
-- back with an older snapshot, goes on above the floor.
local counter = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
local text = string.format('%.0f', math.max(counter, tonumber(ARGV[1])) + tonumber(ARGV[2]))
redis.call('SET', KEYS[1], text)
return text

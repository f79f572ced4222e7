-- Reads whole hashes of one partition; writes nothing.
-- KEYS the hashes
-- Returns one JSON text: an array in the order of the keys, each [field, value, ...] as HGETALL lists them,
--      or 'none' (there is no such key), or 'other' (a hand has put something else than a hash there).
--      (One text, since a client spends seven times as long on fields that are a reply each.)
local found = {}
for k = 1, #KEYS do
  local hash = redis.pcall('HGETALL', KEYS[k])
  if hash.err then
    if not string.find(hash.err, 'WRONGTYPE', 1, true) then return hash end
    found[k] = 'other'
  else
    found[k] = #hash == 0 and 'none' or hash
  end
end
return cjson.encode(found)

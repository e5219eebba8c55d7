--[[
Whoever else comes into a talk, and how a caller passes from one operator to another. The sixth chapter of the library
that acd.lua begins; its helpers are used here.
]]

-- The caller stays in the room, `from` goes to their wrap-up, and `to` is the call's operator from now on.
local function hand_over(sid, from, to)
  local c = of_call(sid, 'state', 'operator')
  local o = of_operator(to, 'line', 'call')
  local line = o[1] or 'idle'
  local able = line == 'idle' or (line == 'talking' and o[2] == sid)
  if c[2] == to and c[1] == 'talking' then return { 'ALREADY' } end
  if c[1] ~= 'talking' or c[2] ~= from or not able then return { 'GONE' } end
  happen('hand_over', sid, from)
  note_part(sid, from, NOW)
  due('wrap_up', from, NOW + seconds('wrap_up_seconds'))
  unsettle(to)
  happen('take_over', sid, to, nil, { 'operator', to, 'with_since', NOW })
  redis.call('HSET', operator_key(to), 'call', sid)
  index(sid, 'operator', to)
  return { 'OK' }
end

register('hand_over', hand_over)

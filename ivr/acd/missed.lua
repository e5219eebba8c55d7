--[[
Callers whom nobody served: a list that makes itself, one entry for each caller and line, until they are served or
somebody says why not. The third chapter of the library that acd.lua begins; its helpers are used here.
]]

local note_missed, no_longer_missed, forget_missed
do
  local DAY_MS = 86400000

  -- How the call ended that makes its caller a missed one. Whoever hung up at once has changed their mind.
  local MISSED = { abandoned_queue = true, abandoned_ringing = true, waited_too_long = true, closed = true, full = true,
                   unstaffed = true }

  -- They have hung up in this state. Whoever was cut off in a talk and then gave up in line was answered, and is missed.
  -- A caller who hides their number cannot be called back; they are counted.
  function note_missed(sid, state)
    local c = of_call(sid, 'outcome', 'caller', 'line', 'arrived', 'callback')
    if not MISSED[c[1] == 'answered' and LOST[state] or c[1]] or c[5] then return end
    if (c[2] or '') == '' then return tally(tonumber(c[4]), 'missed_withheld', 1) end
    if redis.call('EXISTS', key('back', c[2])) == 1 then return end -- they will be called back anyway
    local who = c[2] .. ' ' .. c[3]
    local times, first = string.match(redis.call('HGET', key('misses'), who) or '', '^(%d+) (%d+)')
    redis.call('ZADD', key('missed'), c[4], who)
    redis.call('HSET', key('misses'), who, string.format('%d %s %s', (tonumber(times) or 0) + 1, first or c[4], sid))
    due('forget', who, NOW + rule('missed_days') * DAY_MS)
  end

  function forget_missed(who)
    if redis.call('ZREM', key('missed'), who) == 0 then return end
    redis.call('HDEL', key('misses'), who)
    not_due('forget', who)
  end

  -- The caller of this call has been served on this line, or there is something better to serve them by.
  function no_longer_missed(sid)
    local c = of_call(sid, 'caller', 'line')
    if (c[1] or '') ~= '' then forget_missed(c[1] .. ' ' .. c[2]) end
  end
end

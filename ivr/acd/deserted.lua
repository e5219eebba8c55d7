--[[
The last operator of a line has gone, and for as long as the rule allows nobody has come: whoever still waits there is
fetched out of the music and told. A chapter of the library that acd.lua begins; its helpers are used here.

Whoever is not found here (they came back into the line just now) is told by their own next round of music.
]]

do
  local TOLD_AT_ONCE = 50 -- of one line in one tick: a long line must not hold up the others

  -- Of `which` the first word is the queue, the second how many at its front are passed over: call-backs, which have
  -- nobody on the line, and callers who wait for somebody else as well.
  local function deserted(which)
    local queue, passed = string.match(which, '^(%S+) ?(%d*)$')
    local leaves, grace = rules_of('leave_unstaffed', 'unstaffed_grace_seconds')
    if leaves == 0 or redis.call('SCARD', key('on_shift', queue)) > 0 then return end
    passed = tonumber(passed) or 0
    local list = redis.call('ZRANGE', key('waiting', queue), passed, passed + TOLD_AT_ONCE - 1)
    for _, sid in ipairs(list) do
      local queued = tonumber(one(of_call(sid, 'queued')))
      if queued and not is_back(sid) and is_left_alone(sid, queued, grace) then
        take_out_of_line(sid)
        turn_away(sid, 'unstaffed')
        errand('redirect', sid, 'wait')
      else
        passed = passed + 1
      end
    end
    if #list == TOLD_AT_ONCE then due('deserted', queue .. ' ' .. passed, NOW) end
  end

  WHEN_DUE.deserted = deserted
end

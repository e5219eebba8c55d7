--[[
The dial test that goes on to an operator (拨测到人, of a number that operators answer). It stands in no line: it takes
whoever the queue would give the next caller of that line, and only while nobody waits for them. From then on their line
is as busy as with a call, so nothing else is offered there; but as long as it only rings, a caller who comes has them.
To the operator it costs neither turn nor rest, and no miss is counted. A chapter of the library that acd.lua begins; its
helpers are used here.

operator:<id> keeps the number (probe) and the call by which its test came in (probe_sid), probe:<number> the operator.
]]

do
  local PATIENCE_MS = 60 * 1000 -- that a test waits for an operator whom nobody else needs
  local WAY_MS = 45 * 1000      -- between two looks of the call that came in, and for the carrier's own seconds
  local HEARD_MS = 20 * 1000    -- to hear the one sentence

  local function of_test(number, ...) return redis.call('HMGET', key('probe', number), ...) end

  -- Until when the operator's part of it may last, and with it the test.
  local function lasts_until(operator, number, at)
    due('test', operator, at)
    due('probe', number, at + WAY_MS)
  end

  -- ------------------------------------------------------------------------------------------ it rings at a desk

  local function is_waited_for(operator)
    for _, line in ipairs(served(operator)) do
      if redis.call('ZCARD', key('waiting', line.name)) > 0 then return true end
    end
    return false
  end

  -- The operator whom the next caller of this line would get, if nobody at all waits for them.
  local function free_for_a_test(queue)
    local operator = first_idle(queue)
    return operator and not is_waited_for(operator) and operator
  end

  local function ring_desk(number, sid, operator)
    if not happen('offer_test', nil, operator, number) then return end
    unsettle(operator)
    redis.call('HSET', operator_key(operator), 'probe', number, 'probe_sid', sid)
    happen_to('probe', 'ring_probe', number, operator, { 'ringing', 'operator', 'operator', operator })
    lasts_until(operator, number, NOW + seconds('ring_seconds') + ring_desk_phone(operator))
  end

  -- The call that came in asks for an operator, and asks again until it is answered: WAITING, to look again; AWAY when
  -- none was to be had or none came; OK when one has heard it to its end.
  local function seek_operator(number, sid, queue)
    local p = of_test(number, 'state', 'inbound', 'way', 'sought', 'operator', 'why_operator')
    if p[2] ~= sid or p[3] ~= 'operator' then return { 'GONE' } end
    if p[6] then return { 'AWAY' } end
    if p[1] == 'ringing' then return { 'WAITING' } end
    if p[1] == 'reached' then return { of_operator(p[5], 'probe')[1] == number and 'WAITING' or 'OK' } end
    if p[1] ~= 'dialling' then return { 'GONE' } end
    redis.call('HSETNX', key('probe', number), 'sought', NOW)
    due('probe', number, NOW + WAY_MS)
    local operator = free_for_a_test(queue)
    local late = NOW - (tonumber(p[4]) or NOW) >= PATIENCE_MS
    if operator then
      ring_desk(number, sid, operator)
    elseif late or redis.call('SCARD', key('on_shift', queue)) == 0 then
      desk_probe.fail(number, 'operator', late and 'none_free' or 'unstaffed')
      return { 'AWAY' }
    end
    return { 'WAITING' }
  end

  function desk_probe.rings_until(operator, at) lasts_until(operator, one(of_operator(operator, 'probe')), at) end

  -- ------------------------------------------------------------------------------------------ it is over at a desk

  -- The operator is where they were before it: with neither a rest nor a wrap-up, and in their old turn.
  function desk_probe.leave(operator)
    local o = of_operator(operator, 'probe', 'intent')
    happen('end_test', nil, operator, o[1])
    not_due('test', operator)
    desk_phone_rests(operator)
    redis.call('HDEL', operator_key(operator), 'probe', 'probe_sid', 'leg')
    if o[2] == 'leaving' then sign_out(operator) else settle(operator) end
  end

  local function put_down(operator)
    local leg = one(of_operator(operator, 'leg'))
    if leg ~= '' then errand('hang_up', leg) end
    desk_probe.leave(operator)
  end

  -- Nobody took it, or whoever did was lost on the way; which is no miss of the operator's.
  function desk_probe.miss(operator, why)
    desk_probe.fail(one(of_operator(operator, 'probe')), 'operator', why)
    put_down(operator)
  end

  function desk_probe.refuse(operator, sid)
    local o = of_operator(operator, 'probe_sid', 'line')
    if o[1] ~= sid or o[2] ~= 'offered' then return { 'GONE' } end
    desk_probe.miss(operator, 'declined')
    return { 'OK' }
  end

  -- The test that only rings at the desk of somebody who could have a caller instead. A telephone that rings already is
  -- left to ring: rung for the caller in the same moment it would be busy, and that would count as a miss.
  local function only_rings_at(operator)
    local o = of_operator(operator, 'probe', 'line', 'presence', 'intent')
    return o[2] == 'offered' and o[3] == 'on' and o[4] == 'ready' and not is_at_a_phone(operator) and o[1]
  end

  local function yield(number, operator)
    happen_to('probe', 'yield_probe', number, operator)
    redis.call('HDEL', key('probe', number), 'ringing', 'operator')
    due('probe', number, NOW + WAY_MS)
    desk_probe.leave(operator)
  end

  -- Somebody waits, and nobody is idle: whoever could take them, and only hears a test ring, is given back.
  function desk_probe.give_way(sid)
    for _, number in ipairs(redis.call('ZRANGE', key('probes_out'), 0, -1)) do
      local p = of_test(number, 'state', 'operator')
      if p[1] == 'ringing' and p[2] and only_rings_at(p[2]) == number and serves_a_line_of(p[2], sid) then
        return yield(number, p[2])
      end
    end
  end

  -- They are ready again after a pause in which it rang on, or serve other lines.
  function desk_probe.look_again(operator)
    local number = only_rings_at(operator)
    if number and is_waited_for(operator) then yield(number, operator) end
  end

  -- The test itself has ended, however it did.
  function desk_probe.is_over(number)
    local operator = one(of_test(number, 'operator'))
    if operator ~= '' and of_operator(operator, 'probe')[1] == number then put_down(operator) end
  end

  -- ------------------------------------------------------------------------------------------ it is taken

  function desk_probe.take(operator, sid)
    local o = of_operator(operator, 'probe', 'probe_sid', 'line')
    if o[2] ~= sid then return { 'GONE', '' } end
    if not happen('take_test', nil, operator, o[1]) then return { 'ALREADY', '' } end
    redis.call('HSET', key('probe', o[1]), 'taken', NOW)
    lasts_until(operator, o[1], NOW + seconds('join_seconds'))
    return { 'OK', '' }
  end

  -- Their phone is there: a person answers this number. Answers as `pick_up` does, with the number and no room. A phone
  -- that comes again was lost while they heard the sentence: that was all there was to it.
  function desk_probe.pick_up(operator, leg)
    local o = of_operator(operator, 'probe', 'line', 'leg')
    if o[2] == 'talking' and o[3] ~= leg then put_down(operator) end
    if o[2] ~= 'connecting' and (o[2] ~= 'talking' or o[3] ~= leg) then return { 'GONE', '', '', 0 } end
    if happen('hear_test', nil, operator, o[1]) then
      redis.call('HSET', operator_key(operator), 'leg', leg)
      happen_to('probe', 'reach_probe', o[1], operator, { 'reached', NOW })
      lasts_until(operator, o[1], NOW + HEARD_MS)
    end
    return { 'OK', o[1], '', 0 }
  end

  -- They have heard it, or put their phone down.
  local function heard_out(operator, leg)
    local o = of_operator(operator, 'probe', 'leg')
    if not o[1] or o[2] ~= leg then return { 'GONE' } end
    desk_probe.leave(operator)
    return { 'OK' }
  end

  -- By the button of the desk.
  function desk_probe.release(operator)
    if one(of_operator(operator, 'line')) ~= 'talking' then return { 'GONE' } end
    put_down(operator)
    return { 'OK' }
  end

  -- Their desk phone rings no more, or is down. Whatever picked it up without a key was no person.
  function desk_probe.phone_is_over(operator, leg, why)
    local o = of_operator(operator, 'line', 'leg', 'ring_heard')
    if o[1] == 'talking' then return leg ~= '' and heard_out(operator, leg) or { 'ALREADY' } end
    desk_probe.miss(operator, o[3] and why == 'no_answer' and 'no_key' or why)
    return { 'OK' }
  end

  -- ------------------------------------------------------------------------------------------ nobody is stuck in it

  WHEN_DUE.test = function(operator)
    local o = of_operator(operator, 'line', 'ring_heard', 'probe')
    if not o[3] then return end
    if o[1] == 'talking' then return put_down(operator) end
    desk_probe.miss(operator, o[1] == 'connecting' and 'lost' or o[2] and 'no_key' or 'no_answer')
  end

  function desk_probe.is_known(operator)
    local number = one(of_operator(operator, 'probe'))
    local p = of_test(number, 'state', 'operator')
    return (p[1] == 'ringing' or p[1] == 'reached') and p[2] == operator
  end

  register('seek_operator', seek_operator)
  register('heard_out', heard_out)
end

--[[
Operators at a desk phone: the carrier rings it when they are offered a call, and the key 1 is their accepting. A chapter
of the library that acd.lua begins; its helpers are used here.

Each ring has a number, the operator's n-th. What is told of another ring than the one under way, or of another leg than
the one that was heard of first, changes nothing.
]]

do
  local NETWORK_MS = 15000 -- that a carrier may ring longer than it was told, and take to tell us so
  local KEY_MS = 20000     -- to hear whose number was dialled, and to press

  function is_at_a_phone(operator) return one(of_operator(operator, 'by')) == 'phone' end

  -- The offer on their line is to ring at their phone, if that is what they work with. Answers how much longer than on a
  -- screen that may take.
  function ring_desk_phone(operator)
    if not is_at_a_phone(operator) then return 0 end
    local n = string.format('%d', redis.call('HINCRBY', operator_key(operator), 'rings', 1))
    redis.call('HSET', operator_key(operator), 'ringing', n)
    errand('ring_operator', operator, n)
    return NETWORK_MS
  end

  -- They have no call any more, so nothing rings. A leg that came into the room is ended by what ended the talk.
  function desk_phone_rests(operator)
    if redis.call('HDEL', operator_key(operator), 'ringing') == 0 then return end
    local o = of_operator(operator, 'ring_leg', 'leg')
    redis.call('HDEL', operator_key(operator), 'ring_leg', 'ring_asked', 'ring_heard')
    if o[1] and o[1] ~= o[2] then errand('hang_up', o[1]) end
  end

  local function is_of_this_ring(operator, n, leg)
    local o = of_operator(operator, 'ringing', 'ring_leg')
    if o[1] ~= n or (o[2] and leg ~= '' and o[2] ~= leg) then return false end
    if leg ~= '' and not o[2] then redis.call('HSET', operator_key(operator), 'ring_leg', leg) end
    return true
  end

  -- Of all workers who want to ask the carrier for this ring, one does. Answers { word, call }.
  local function ask_for_ring(operator, n)
    local o = of_operator(operator, 'ringing', 'line', 'call', 'ring_asked', 'probe_sid')
    if o[1] ~= n or o[2] ~= 'offered' then return { 'GONE', '' } end
    if o[4] then return { 'ALREADY', o[3] or o[5] } end
    redis.call('HSET', operator_key(operator), 'ring_asked', NOW)
    return { 'OK', o[3] or o[5] }
  end

  -- The carrier rings them on this leg.
  local function desk_phone_rings(operator, n, leg)
    return { is_of_this_ring(operator, n, leg) and 'OK' or 'GONE' }
  end

  -- Somebody, or a machine, has picked up, and gets the time to press a key, once. Answers { word, call }.
  local function desk_phone_is_up(operator, n, leg)
    local o = of_operator(operator, 'line', 'call', 'ring_heard', 'probe_sid')
    if not is_of_this_ring(operator, n, leg) or o[1] ~= 'offered' then return { 'GONE', '' } end
    if not o[3] then
      redis.call('HSET', operator_key(operator), 'ring_heard', NOW)
      if o[4] then desk_probe.rings_until(operator, NOW + KEY_MS)
      else due(one(of_call(o[2], 'operator')) == operator and 'offer' or 'guest', o[2], NOW + KEY_MS) end
    end
    return { 'OK', o[2] or o[4] }
  end

  -- A person is there: they have accepted, and this phone goes into the room. Answers as pick_up does.
  local function accept_at_phone(operator, n, leg, room)
    if not is_of_this_ring(operator, n, leg) then return { 'GONE', '', '', 0 } end
    local o = of_operator(operator, 'call', 'probe_sid')
    local taken = o[2] and desk_probe.take(operator, o[2]) or accept(o[1] or '', operator, room)
    if taken[1] == 'GONE' then return { 'GONE', '', '', 0 } end
    return pick_up(operator, leg)
  end

  -- The carrier says that this ring is over, or would not begin it, and `why`: declined by the phone's own key is a no,
  -- all else a miss. Whoever was in the room by it has left.
  local function desk_phone_is_over(operator, n, leg, why)
    if not is_of_this_ring(operator, n, leg) then return { 'GONE' } end
    local o = of_operator(operator, 'line', 'call', 'leg', 'probe')
    if o[4] then return desk_probe.phone_is_over(operator, leg, why) end
    if o[1] == 'offered' and why == 'declined' then return decline(o[2], operator) end
    if o[1] == 'offered' then
      if one(of_call(o[2], 'operator')) == operator then miss(o[2]) else guest_declines(o[2], operator, 'no_answer') end
      return { 'OK' }
    end
    if leg == '' or o[3] ~= leg then return { 'ALREADY' } end
    return leave_room(o[2], leg, one(of_call(o[2], 'room')), 'down')
  end

  -- From the screen nobody takes what rings at a phone: there would be nobody to talk with.
  local function accept_at_desk(sid, operator, room)
    local o = of_operator(operator, 'by', 'call', 'line', 'probe_sid')
    if o[1] == 'phone' and (o[2] or o[4]) == sid and o[3] == 'offered' then return { 'NO', '' } end
    if o[4] then return desk_probe.take(operator, sid) end
    return accept(sid, operator, room)
  end

  register('accept', accept_at_desk)
  register('ask_for_ring', ask_for_ring)
  register('desk_phone_rings', desk_phone_rings)
  register('desk_phone_is_up', desk_phone_is_up)
  register('accept_at_phone', accept_at_phone)
  register('desk_phone_is_over', desk_phone_is_over)
end

--[[
Ringing back on a promise: the official's phone is rung first and then the caller's, both see the published number, and
the promise is kept when they have talked. The room is the talk's; its helpers are used here and by the clock.
]]

local ring_back_is_late

do
  local OPEN = { open = true, reminded = true, office = true, duty = true, case = true }
  local RINGING_MS = 90 * 1000 -- the carrier's ringing, the question and the key
  local LOOK_AGAIN_MS = 120 * 1000 -- at a talk of whose end nobody has told

  local function of_ring_back(sid, ...) return redis.call('HMGET', key('ring_back', sid), ...) end

  local function move(event, sid, note, facts)
    if not happen_to('ring_back', event, sid, note, facts) then return false end
    not_due('ring_back', sid)
    return true
  end

  -- Somebody wants to ring this caller back now. BUSY while it is rung for somebody already.
  local function ring_back(sid, room, by)
    if not OPEN[redis.call('HGET', key('promise', sid), 'state') or ''] then return { 'GONE' } end
    if not move('ring_back', sid, by, { 'room', room, 'by', by, 'asked', NOW }) then return { 'BUSY' } end
    redis.call('HDEL', key('ring_back', sid), 'official', 'caller', 'talk_since', 'result', 'talked')
    due('ring_back', sid, NOW + RINGING_MS)
    errand('ring_official', sid)
    return { 'OK' }
  end

  -- The carrier has taken the leg to the official or the caller, and named it. GONE: nobody waits for it any more.
  local function place_ring_back(sid, who, leg)
    local b = of_ring_back(sid, 'state', who)
    if b[2] == leg then return { 'ALREADY' } end
    if b[1] ~= who or b[2] then return { 'GONE' } end
    redis.call('HSET', key('ring_back', sid), who, leg)
    return { 'OK' }
  end

  -- Whoever is on this leg has pressed the key: a person. Answers { word, room }.
  local function take_ring_back(sid, who, leg)
    local b = of_ring_back(sid, 'state', who, 'room')
    if b[2] and b[2] ~= leg then return { 'GONE', '' } end
    local facts = { who, leg }
    if who == 'official' and move('ring_caller', sid, nil, facts) then
      due('ring_back', sid, NOW + RINGING_MS)
      errand('ring_caller', sid)
      return { 'OK', b[3] }
    end
    if who == 'caller' and move('talk_back', sid, nil, { 'talk_since', NOW, unpack(facts) }) then
      due('ring_back', sid, NOW + LOOK_AGAIN_MS)
      return { 'OK', b[3] }
    end
    local inside = b[2] and (b[1] == 'talking' or (b[1] == 'caller' and who == 'official'))
    return { inside and 'ALREADY' or 'GONE', inside and b[3] or '' }
  end

  -- A leg is down or out of the room; `who` is only needed for one that was never named.
  local function end_ring_back(sid, who, leg, status)
    local b = of_ring_back(sid, 'state', 'official', 'caller', 'talk_since', 'by')
    if leg ~= '' and leg == b[2] then who = 'official' end
    if leg ~= '' and leg == b[3] then who = 'caller' end
    local named = who == 'official' and b[2] or who == 'caller' and b[3]
    if who == '' or (named and leg ~= '' and named ~= leg) then return { 'GONE' } end
    if b[1] == 'official' and who == 'caller' then return { 'GONE' } end
    local talked = b[1] == 'talking' and NOW - tonumber(b[4]) or 0
    local result = b[1] ~= 'talking' and who .. ' ' .. status or talked >= seconds('promise_talk_seconds') and 'talked' or 'short'
    if not move('end_back', sid, result, { 'result', result, 'talked', talked }) then return { 'ALREADY' } end
    if result == 'talked' then keep_promise(sid, 'ring_back', b[5], '') end
    if b[1] == 'caller' and who == 'caller' and b[2] then errand('unreached', sid, b[2]) end
    if b[1] == 'caller' and who == 'official' and b[3] then errand('hang_up', b[3]) end
    return { 'OK' }
  end

  -- Nobody told how the ringing ended, or the talk. Of a talk the carrier is asked.
  function ring_back_is_late(sid)
    local b = of_ring_back(sid, 'state', 'official', 'caller')
    if b[1] == 'official' then
      if b[2] then errand('hang_up', b[2]) end
      end_ring_back(sid, 'official', '', 'no-answer')
    elseif b[1] == 'caller' then
      if b[3] then errand('hang_up', b[3]) end
      end_ring_back(sid, 'caller', '', 'no-answer')
    elseif b[1] == 'talking' then
      due('ring_back', sid, NOW + LOOK_AGAIN_MS)
      errand('look_back', sid, b[3])
    end
  end

  register('ring_back', ring_back)
  register('place_ring_back', place_ring_back)
  register('take_ring_back', take_ring_back)
  register('end_ring_back', end_ring_back)
end

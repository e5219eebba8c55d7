--[[
A supervisor's ear in a talk: they listen, whisper to the operator, speak with both, or take the caller over. The tenth
chapter of the library that acd.lua begins; its helpers are used here.

An ear is lent to a call before its phone comes, with a deadline, and ends with the talk. It is known by its leg, like
everybody in a room, and counts for nothing there: a room that only an ear is in, is empty.
]]

do
  local function without(list, one_of_them)
    local rest = {}
    for _, id in ipairs(words(list)) do
      if id ~= one_of_them then rest[#rest + 1] = id end
    end
    return table.concat(rest, ' ')
  end

  -- The desk whose talk it is shows who is in it.
  local function tell_the_desk(sid)
    local c = of_call(sid, 'operator', 'state')
    if c[2] == 'talking' then announce('heard', 'call', sid, 'operator', c[1]) end
  end

  local function forget_ear(supervisor, sid)
    not_due('ear', supervisor)
    redis.call('HDEL', operator_key(supervisor), 'ear_call', 'ear_mode', 'ear_leg', 'ear_tuned')
    local others = without(one(of_call(sid, 'ears')), supervisor)
    if others == '' then redis.call('HDEL', call_key(sid), 'ears')
    else redis.call('HSET', call_key(sid), 'ears', others) end
    tell_the_desk(sid)
  end

  -- They listen no more, whoever ended it; what was only on its way leaves no trace in the timeline.
  local function withdraw(supervisor)
    local o = of_operator(supervisor, 'ear', 'ear_call', 'ear_leg')
    local sid = o[2] or ''
    local heard = o[1] == 'listening' and one(of_call(sid, 'state')) == 'talking'
    if not happen('unlisten', heard and sid or nil, supervisor) then return { 'ALREADY' } end
    if o[3] then errand('hang_up', o[3]) end
    forget_ear(supervisor, sid)
    settle(supervisor)
    return { 'OK' }
  end

  -- The carrier says that this phone is out of the room.
  local function withdrawn(supervisor, leg)
    if of_operator(supervisor, 'ear_leg')[1] ~= leg then return { 'GONE' } end
    return withdraw(supervisor)
  end

  function nobody_listens(sid)
    for _, supervisor in ipairs(words(one(of_call(sid, 'ears')))) do withdraw(supervisor) end
  end

  local function tune(supervisor, mode)
    local o = of_operator(supervisor, 'ear', 'ear_call', 'ear_mode')
    if o[3] == mode then return { 'ALREADY' } end
    if not o[2] or not happen('tune', o[2], supervisor, mode) then return { 'GONE' } end
    redis.call('HSET', operator_key(supervisor), 'ear_mode', mode)
    tell_the_desk(o[2])
    if o[1] == 'listening' then errand('tune', supervisor) end
    return { 'OK' }
  end

  -- `mode` is listen, whisper or barge. BUSY with a call of their own, or with another's talk in their ear.
  local function lend_ear(sid, supervisor, mode)
    local c = of_call(sid, 'state', 'operator', 'ears')
    local o = of_operator(supervisor, 'ear_call', 'line')
    if c[1] ~= 'talking' then return { 'GONE' } end
    if o[1] == sid then return tune(supervisor, mode) end
    if o[1] or (o[2] or 'idle') ~= 'idle' or c[2] == supervisor then return { 'BUSY' } end
    happen('lend_ear', nil, supervisor)
    redis.call('HSET', operator_key(supervisor), 'ear_call', sid, 'ear_mode', mode)
    redis.call('HSET', call_key(sid), 'ears', c[3] and c[3] .. ' ' .. supervisor or supervisor)
    due('ear', supervisor, NOW + seconds('join_seconds'))
    unsettle(supervisor)
    return { 'OK' }
  end

  -- How it stands: { ear, call, room, leg, mode, the operator's leg }.
  local function ear_of(supervisor)
    local o = of_operator(supervisor, 'ear', 'ear_call', 'ear_leg', 'ear_mode')
    local c = of_call(o[2] or '', 'room', 'operator')
    local coached = one(of_operator(c[2] or '', 'leg'))
    return { o[1] or 'none', o[2] or '', c[1] or '', o[3] or '', o[4] or '', coached }
  end

  -- Their phone asks for the room. After a reload it is another one, and the old one goes.
  local function hear(supervisor, leg)
    local ear, sid, _, known, mode = unpack(ear_of(supervisor))
    if ear == 'none' then return { 'GONE', unpack(ear_of(supervisor)) } end
    if ear == 'coming' then
      if not happen('listen', sid, supervisor, mode) then
        withdraw(supervisor)
        return { 'GONE', unpack(ear_of(supervisor)) }
      end
      not_due('ear', supervisor)
    elseif known ~= leg then errand('hang_up', known) end
    redis.call('HSET', operator_key(supervisor), 'ear_leg', leg, 'ear_tuned', mode)
    tell_the_desk(sid)
    return { 'OK', unpack(ear_of(supervisor)) }
  end

  -- The carrier has done it. Until then nobody may think that the caller does not hear them.
  local function tuned(supervisor, mode)
    if not of_operator(supervisor, 'ear_call')[1] then return { 'GONE' } end
    redis.call('HSET', operator_key(supervisor), 'ear_tuned', mode)
    announce('tuned', 'operator', supervisor, 'note', mode)
    return { 'OK' }
  end

  -- The supervisor has the caller from now on; the operator goes to their wrap-up. Their phones have been told before
  -- that the room now ends with the other one.
  local function take_over(sid, supervisor)
    local o = of_operator(supervisor, 'ear', 'ear_call', 'ear_leg')
    local from = one(of_call(sid, 'operator'))
    if from == supervisor then return { 'ALREADY' } end
    if o[1] ~= 'listening' or o[2] ~= sid then return { 'GONE' } end
    local leg = one(of_operator(from, 'leg'))
    local done = hand_over(sid, from, supervisor)
    if done[1] ~= 'OK' then return done end
    happen('unlisten', nil, supervisor)
    forget_ear(supervisor, sid)
    redis.call('SADD', key('operators'), supervisor)
    redis.call('HSET', operator_key(supervisor), 'leg', o[3])
    if leg ~= '' then errand('hang_up', leg) end
    errand('hold', sid) -- as the books have it: a caller who was on hold is not any more
    return { 'OK' }
  end

  WHEN_DUE.ear = withdraw

  register('lend_ear', lend_ear)
  register('hear', hear)
  register('tune', tune)
  register('tuned', tuned)
  register('ear', ear_of, { 'no-writes' })
  register('withdraw', withdraw)
  register('withdrawn', withdrawn)
  register('take_over', take_over)
end

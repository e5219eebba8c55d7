--[[
The recording of a talk: begun when both are in the room, paused while they speak of what must not be kept. The seventh
chapter of the library that acd.lua begins; its helpers are used here.
]]

local resume_tape -- what is done when a pause has lasted long enough

do
  -- The carrier records; ALREADY if it is another recording of the same call that counts. The call may be over by now.
  local function tape_runs(sid, recording)
    local c = of_call(sid, 'state', 'joined', 'tape_sid')
    if not c[2] then return { 'GONE' } end
    if c[3] then return { c[3] == recording and 'OK' or 'ALREADY' } end
    if c[1] == 'ended' then redis.call('HSET', call_key(sid), 'tape_sid', recording)
    else happen('record', sid, nil, nil, { 'tape_sid', recording }) end
    return { 'OK' }
  end

  local function pause_tape(operator)
    local sid = call_had_by(operator)
    if not sid or state_of('tape', sid) == 'none' then return { 'GONE' } end
    if not happen('pause_tape', sid, operator) then return { 'ALREADY' } end
    due('tape', sid, NOW + seconds('record_pause_seconds'))
    errand('tape', sid)
    return { 'OK' }
  end

  function resume_tape(sid, operator)
    if not happen('resume_tape', sid, operator) then return { 'ALREADY' } end
    not_due('tape', sid)
    errand('tape', sid)
    return { 'OK' }
  end

  -- It is complete, though the call may be over for a while.
  local function tape_is_over(sid, recording, length)
    if of_call(sid, 'tape_sid')[1] ~= recording then return { 'GONE' } end
    redis.call('HSET', call_key(sid), 'tape_seconds', length)
    return { 'OK' }
  end

  register('tape_runs', tape_runs)
  register('pause_tape', pause_tape)
  register('resume_tape', function(operator)
    local sid = call_had_by(operator)
    return sid and resume_tape(sid, operator) or { 'GONE' }
  end)
  register('tape_is_over', tape_is_over)
end

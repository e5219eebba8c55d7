--[[
Who calls: the class an admin put them in, whether a supervisor has asked them to pause, and how often they have rung of
late. A chapter of the library that acd.lua begins; its helpers are used here.

A caller without a number is nobody in particular: no class, no limit, no memory.
]]

local recognise -- what is known of whoever calls
local class_of -- the class they are in, if any
local queue_of_language -- whose operators speak it; none for a language that has no queue of its own

do
  local function calls_since(caller, moment)
    return redis.call('ZCOUNT', key('calls:caller', caller), string.format('%.0f', moment), '+inf')
  end

  -- First they are asked not to; whoever goes on is served all the same, but later than the others.
  local function pace_of(caller, allowed, window)
    if allowed == 0 or window == 0 then return '' end
    local times = calls_since(caller, NOW - window * 1000) + 1
    return times > allowed + 1 and 'slow' or times > allowed and 'warned' or ''
  end

  local function blocked_until(caller)
    local moment = tonumber(string.match(redis.call('HGET', key('blocks'), caller) or '', '^%d+'))
    return moment and moment > NOW and moment or nil
  end

  function queue_of_language(language)
    local queue = redis.call('HGET', key('rules'), 'language_queue:' .. language)
    return queue and queue ~= '' and queue or nil
  end

  function class_of(caller)
    return string.match(redis.call('HGET', key('classes'), caller) or '', '^[^|]+')
  end

  -- A class may come sooner or later than others, and may have a queue of its own.
  local function join_class(known, class)
    local sooner, queue = unpack(redis.call('HMGET', key('rules'), 'class_priority:' .. class, 'class_queue:' .. class))
    if not sooner then return end -- there is no such class any more
    known.class = class
    known.priority = math.max(0, math.min(TOP, known.priority + tonumber(sooner)))
    if queue and queue ~= '' then known.queue = queue end
  end

  function recognise(caller, queue, priority, is_limited)
    local known = { class = '', queue = queue, priority = tonumber(priority), pace = '', again = '' }
    if caller == '' then return known end
    local class = class_of(caller)
    if class then join_class(known, class) end
    local allowed, window, again, languages =
      rules_of('calls_allowed', 'calls_window_seconds', 'again_seconds', 'languages')
    local language = languages > 0 and redis.call('GET', key('language', caller))
    if language then
      known.language = language
      known.queue = queue_of_language(language) or known.queue
    end
    if is_limited then
      known.blocked_until = blocked_until(caller)
      known.pace = pace_of(caller, allowed, window)
    end
    if again > 0 and calls_since(caller, NOW - again * 1000) > 0 then known.again = '1' end
    return known
  end
end

local block_is_over -- its time has come by itself

do
  local YEAR_MS = 365 * 86400 * 1000

  -- During the greeting the caller has chosen a language: they wait for whoever speaks it, and are not asked again.
  local function speak(sid, language)
    local c = of_call(sid, 'state', 'language', 'caller', 'queue')
    if c[2] == language then return { 'ALREADY' } end
    if c[1] ~= 'greeting' then return { 'GONE' } end
    redis.call('HSET', call_key(sid), 'language', language, 'queue', queue_of_language(language) or c[4])
    if c[3] ~= '' then redis.call('SET', key('language', c[3]), language, 'PX', YEAR_MS) end
    return { 'OK' }
  end

  -- A supervisor asks this caller to pause, until a moment that comes by itself. Asking again is the new end.
  local function block(caller, moment, by, sid, reason)
    if caller == '' or tonumber(moment) <= NOW then return { 'NO' } end
    redis.call('HSET', key('blocks'), caller, table.concat({ moment, NOW, by, sid, reason }, '|'))
    due('block', caller, moment)
    announce('block', 'call', sid, 'operator', by, 'note', reason)
    return { 'OK' }
  end

  local function unblock(caller, by)
    if redis.call('HDEL', key('blocks'), caller) == 0 then return { 'ALREADY' } end
    not_due('block', caller)
    announce('unblock', 'operator', by)
    return { 'OK' }
  end

  function block_is_over(caller) unblock(caller, '') end

  -- An admin puts them into a class, or with '' out of it. Who is in it already stays, with the first reason.
  local function classify(caller, class, by, reason)
    if caller == '' then return { 'NO' } end
    if class == '' then return { redis.call('HDEL', key('classes'), caller) == 1 and 'OK' or 'ALREADY' } end
    if class_of(caller) == class then return { 'ALREADY' } end
    redis.call('HSET', key('classes'), caller, table.concat({ class, NOW, by, reason }, '|'))
    return { 'OK' }
  end

  register('speak', speak)
  register('classify', classify)
  register('block', block)
  register('unblock', unblock)
end

--[[
Webhooks out (推送): what happened is told to somebody's own system, at least once, each subscription in its own order.

A subscription has one delivery under way at most, the head of its line; whoever takes it has it for a lease, and a
worker that dies with it is replaced when that ends. What has been told, or has failed for good, can be looked at for
some days. A chapter of the library that acd.lua begins; its helpers are used here.
]]

local reconcile_hooks

do
  local PAST_KEPT = 200

  local function hook_key(id) return key('hook', id) end
  local function line_of(id) return key('hook_line', id) end
  local function of_hook(id, ...) return redis.call('HMGET', hook_key(id), ...) end
  local function of_delivery(id, ...) return redis.call('HMGET', key('delivery', id), ...) end

  local function is_there(id) return redis.call('ZSCORE', key('hooks'), id) end

  -- When the head of its line is to be tried: now, if there is one and the subscription is on.
  local function schedule(id)
    if one(of_hook(id, 'state')) == 'on' and redis.call('LLEN', line_of(id)) > 0 then
      redis.call('ZADD', key('hooks_due'), 'NX', NOW, id)
    else
      redis.call('ZREM', key('hooks_due'), id)
    end
  end

  -- The moment from which news is told: there was nobody to tell of what came before.
  local function begin_telling()
    for _, id in ipairs(redis.call('ZRANGE', key('hooks'), 0, -1)) do
      if one(of_hook(id, 'state')) ~= 'off' then return end
    end
    local newest = redis.call('XREVRANGE', key('events'), '+', '-', 'COUNT', 1)[1]
    redis.call('SET', key('hooks_told'), newest and newest[1] or '0')
  end

  local function write_hook(id, url, title, events, whole)
    redis.call('HSET', hook_key(id), 'url', url, 'title', title, 'events', events, 'whole', whole)
  end

  local function make_hook(id, most, by, url, title, events, whole)
    if is_there(id) then return { 'ALREADY' } end
    if redis.call('ZCARD', key('hooks')) >= tonumber(most) then return { 'FULL' } end
    begin_telling()
    happen_to('hook', 'turn_on_hook', id, by, { 'made', NOW, 'by', by, 'secrets', 1, 'turn', 0 })
    write_hook(id, url, title, events, whole)
    redis.call('ZADD', key('hooks'), NOW, id)
    return { 'OK' }
  end

  local function alter_hook(id, url, title, events, whole)
    if not is_there(id) then return { 'GONE' } end
    write_hook(id, url, title, events, whole)
    return { 'OK' }
  end

  -- Another secret in place of the one that is known. Answers { word, which secret it is }.
  local function renew_hook(id)
    if not is_there(id) then return { 'GONE', 0 } end
    return { 'OK', redis.call('HINCRBY', hook_key(id), 'secrets', 1) }
  end

  local function turn_on_hook(id, by)
    if not is_there(id) then return { 'GONE' } end
    if one(of_hook(id, 'state')) == 'off' then begin_telling() end
    if not happen_to('hook', 'turn_on_hook', id, by) then return { 'ALREADY' } end
    schedule(id)
    return { 'OK' }
  end

  local function turn_off_hook(id, by)
    if not is_there(id) then return { 'GONE' } end
    if not happen_to('hook', 'turn_off_hook', id, by) then return { 'ALREADY' } end
    schedule(id)
    return { 'OK' }
  end

  local function remove_hook(id)
    if not is_there(id) then return { 'GONE' } end
    for _, list in ipairs({ line_of(id), key('hook_past', id) }) do
      for _, delivery in ipairs(redis.call('LRANGE', list, 0, -1)) do redis.call('DEL', key('delivery', delivery)) end
      redis.call('DEL', list)
    end
    redis.call('ZREM', key('hooks'), id)
    redis.call('ZREM', key('hooks_due'), id)
    redis.call('DEL', hook_key(id))
    return { 'OK' }
  end

  -- At the end of the line, unless that is full: then it is counted, so that somebody sees that it is missing.
  local function put(id, event, kind, at, body, most)
    local delivery = id .. '-' .. event
    if one(of_hook(id, 'state')) == '' or redis.call('EXISTS', key('delivery', delivery)) == 1 then return end
    if redis.call('LLEN', line_of(id)) >= tonumber(most) then
      redis.call('HINCRBY', hook_key(id), 'dropped', 1)
      return
    end
    happen_to('delivery', 'queue_delivery', delivery, nil,
              { 'hook', id, 'event', event, 'kind', kind, 'at', at, 'body', body, 'tries', 0 })
    redis.call('RPUSH', line_of(id), delivery)
    schedule(id)
  end

  -- News up to `after` for those who want it, five arguments each: subscription, event, kind, moment, body. One of any
  -- number of workers that read on from `before` puts it in line.
  local function put_news(before, after, most, ...)
    if (redis.call('GET', key('hooks_told')) or '') ~= before then return { 'GONE' } end
    local news = { ... }
    for i = 1, #news, 5 do
      if one(of_hook(news[i], 'state')) ~= 'off' then
        put(news[i], news[i + 1], news[i + 2], news[i + 3], news[i + 4], most)
      end
    end
    redis.call('SET', key('hooks_told'), after)
    return { 'OK' }
  end

  -- Something to see whether they hear us.
  local function try_hook(id, event, kind, body, most)
    if not is_there(id) then return { 'GONE' } end
    if one(of_hook(id, 'state')) ~= 'on' then return { 'NO' } end
    put(id, event, kind, NOW, body, most)
    return { 'OK' }
  end

  -- The delivery whose time has come, for a lease. Answers { word, subscription, delivery, turn, url, which secret, event,
  -- body }; whoever has an earlier turn has lost it.
  local function take_delivery(lease)
    local id = redis.call('ZRANGEBYSCORE', key('hooks_due'), '-inf', NOW, 'LIMIT', 0, 1)[1]
    if not id then return { 'NO' } end
    local delivery = redis.call('LINDEX', line_of(id), 0)
    local h = of_hook(id, 'state', 'url', 'secrets')
    if not delivery or h[1] ~= 'on' then
      redis.call('ZREM', key('hooks_due'), id)
      return { 'GONE' }
    end
    if not happen_to('delivery', 'try_delivery', delivery) then
      redis.call('LPOP', line_of(id))
      return { 'GONE' }
    end
    redis.call('ZADD', key('hooks_due'), NOW + lease, id)
    local d = of_delivery(delivery, 'event', 'body')
    return { 'OK', id, delivery, redis.call('HINCRBY', hook_key(id), 'turn', 1), h[2], h[3], d[1], d[2] }
  end

  local function to_the_past(id, delivery, keep)
    redis.call('LREM', line_of(id), 1, delivery)
    redis.call('LPUSH', key('hook_past', id), delivery)
    redis.call('PEXPIRE', key('delivery', delivery), keep)
    for _ = 1, redis.call('LLEN', key('hook_past', id)) - PAST_KEPT do
      redis.call('DEL', key('delivery', redis.call('RPOP', key('hook_past', id))))
    end
  end

  -- What came of it: `said` is 'delivered' or why not, `waits` the seconds before each further try. After the last the
  -- subscription pauses: whoever runs the other end must look.
  local function end_delivery(id, turn, delivery, said, code, ms, waits, keep)
    if one(of_hook(id, 'turn')) ~= turn or one(of_delivery(delivery, 'state')) ~= 'sending' then return { 'GONE' } end
    local n = redis.call('HINCRBY', key('delivery', delivery), 'tries', 1)
    local ever = redis.call('HINCRBY', key('delivery', delivery), 'tried', 1)
    redis.call('HSET', key('delivery', delivery), 'try' .. ever, string.format('%d %s %s %s', NOW, code, ms, said))
    redis.call('HSET', hook_key(id), 'last', NOW, 'last_said', said, 'last_code', code)
    redis.call('ZREM', key('hooks_due'), id)
    local wait = words(waits)[n]
    if said == 'delivered' then
      happen_to('delivery', 'deliver', delivery)
      to_the_past(id, delivery, keep)
    elseif wait then
      happen_to('delivery', 'put_off_delivery', delivery)
      if one(of_hook(id, 'state')) == 'on' then redis.call('ZADD', key('hooks_due'), NOW + wait * 1000, id) end
      return { 'OK' }
    else
      happen_to('delivery', 'fail_delivery', delivery)
      to_the_past(id, delivery, keep)
      happen_to('hook', 'pause_hook', id, said)
    end
    schedule(id)
    return { 'OK' }
  end

  -- Told once more, after what waits; the same event under the same name.
  local function redeliver(id, delivery)
    local d = of_delivery(delivery, 'hook', 'state')
    if d[1] ~= id then return { 'GONE' } end
    if not happen_to('delivery', 'redeliver', delivery, nil, { 'tries', 0 }) then return { 'ALREADY' } end
    redis.call('PERSIST', key('delivery', delivery))
    redis.call('LREM', key('hook_past', id), 0, delivery)
    redis.call('RPUSH', line_of(id), delivery)
    schedule(id)
    return { 'OK' }
  end

  -- Whoever has something to be told and is on, is told.
  function reconcile_hooks(mend)
    for _, id in ipairs(redis.call('ZRANGE', key('hooks'), 0, -1)) do
      local is_due = redis.call('ZSCORE', key('hooks_due'), id)
      local waits = one(of_hook(id, 'state')) == 'on' and redis.call('LLEN', line_of(id)) > 0
      if waits and not is_due then mend('no_deadline', id, function() schedule(id) end) end
    end
  end

  register('make_hook', make_hook)
  register('alter_hook', alter_hook)
  register('renew_hook', renew_hook)
  register('turn_on_hook', turn_on_hook)
  register('turn_off_hook', turn_off_hook)
  register('remove_hook', remove_hook)
  register('put_news', put_news)
  register('try_hook', try_hook)
  register('take_delivery', take_delivery)
  register('end_delivery', end_delivery)
  register('redeliver', redeliver)
end

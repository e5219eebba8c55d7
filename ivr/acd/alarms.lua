--[[
Alarms: what is not as it should be, from the moment it was first seen until it is clearly over. The ninth chapter of
the library that acd.lua begins; its helpers are used here.

Every worker looks; whoever looks first raises, and whoever sees first that it is over ends it. Whether something is
bad, good, or neither is measured in Python: between the two an alarm stays what it is.
]]

do
  local PAST_KEPT = 1000

  -- The text may change while it lasts: how long somebody has waited, how many failures there are.
  local function raise(name, text)
    local alarm = key('alarm', name)
    if redis.call('ZADD', key('alarms'), 'NX', NOW, name) == 0 then
      redis.call('HSET', alarm, 'text', text)
      return { 'ALREADY' }
    end
    redis.call('HSET', alarm, 'text', text, 'since', NOW)
    announce('alarm', 'alarm', name, 'note', text)
    return { 'OK' }
  end

  local function stand_down(name)
    if redis.call('ZREM', key('alarms'), name) == 0 then return { 'ALREADY' } end
    local a = redis.call('HMGET', key('alarm', name), 'text', 'since', 'by')
    redis.call('XADD', key('past_alarms'), 'MAXLEN', '~', PAST_KEPT, '*', 'name', name, 'text', a[1], 'since', a[2],
               'until', NOW, 'by', a[3] or '')
    redis.call('DEL', key('alarm', name))
    announce('all_clear', 'alarm', name, 'note', a[1])
    return { 'OK' }
  end

  -- Somebody has seen it and sees to it. The first counts.
  local function take_on(name, by)
    if redis.call('EXISTS', key('alarm', name)) == 0 then return { 'GONE' } end
    if redis.call('HSETNX', key('alarm', name), 'by', by) == 0 then return { 'ALREADY' } end
    announce('take_on', 'alarm', name, 'by', by)
    return { 'OK' }
  end

  register('raise', raise)
  register('stand_down', stand_down)
  register('take_on', take_on)
end

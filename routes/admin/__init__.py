"""管理: what administrators keep. Each page has its acts as JSON under `/api/{hotline}/...`, for programs too."""

from routes.admin import callers, editions, hooks, hours, numbers, prompts, settings, staff, translations

PARTS = (prompts, translations, numbers, hours, settings, callers, staff, hooks, editions)

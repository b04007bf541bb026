# What operators tell many people at once. The words in it are the operator's own.
notice-broadcast-news =
    📣 { $text }

    To stop getting news: /settings
notice-broadcast-test =
    📣 { $text }

    To stop getting news: /settings

settings-group_news = News
settings-turn_off_news = 🔕 Mute news
settings-turn_on_news = 🔔 News on

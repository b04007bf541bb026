# Roles in Discord servers: in the chat, for those who manage a server
command-roles = Which role members of this server get for their plan
field-roles_plan = Plan
field-roles_plan_hint = The code of a plan, for example premium
field-roles_role = Role
field-roles_role_hint = The role that holders of the plan get here
button-roles = Roles of this server
roles-title = Roles in { $name }
roles-intro = Members who hold one of these plans have its role here. It comes and goes by itself, within a minute or two.
roles-none = No plan has a role in this server yet.
roles-how = To set one, type /roles with a plan and a role.
roles-gone = (deleted)
roles-fault = ⚠️ @{ $role } is not given at the moment: { $fault ->
    [missing] this server does not have that role any more. Choose another one.
    [everyone] every member has it already. Choose a role of its own.
    [managed] another app, boosts or a subscription manages it. Choose another one.
    [powerful] it lets its members manage the server or other members. Take those permissions from it, or choose another one.
    [no_permission] I may not manage roles here. Give my role the permission Manage Roles.
    [too_high] it does not stand below my own highest role. Drag my role above it in Server Settings → Roles.
   *[other] the server refuses. Check the permission Manage Roles, the order of roles and two-factor authentication.
}
roles-clear = Stop giving a role for { NAME($planTh, $planEn) }
roles-which_plan = For which plan shall members get @{ $role }?
roles-set = Members of this server who hold { NAME($planTh, $planEn) } get @{ $role } within a minute or two, and lose it when their contract ends.
roles-cleared = The plan has no role here any more. Whom I gave it to loses it within a minute or two.
roles-nothing_to_clear = That plan has no role here.
roles-stays = ⚠️ I cannot take the role back as things stand, so it stays with those who have it: { $fault ->
    [no_permission] I may not manage roles here.
    [too_high] it does not stand below my own highest role.
   *[other] the server refuses.
 } Please take it from them by hand.

# The same in the panel, for operators
panel-guilds = Discord roles
panel-guilds_intro = Which Discord servers give which role for which plan. Those who manage a server set it up there, with /roles; here it can be looked at and cleared.
panel-guilds_none = No server has set up a role yet.
panel-guild_server = Server
panel-guild_role = Role
panel-guild_set_by = Set up by
panel-guild_set_at = Set up at
panel-guild_works = No trouble known
panel-guild_fault = { $fault ->
    [not_there] The bot is not in the server
    [no_permission] The bot may not manage roles
    [missing] The role was deleted
    [everyone] Every member has the role
    [managed] Another app manages the role
    [powerful] The role has dangerous permissions
    [too_high] The role stands above the bot’s
   *[refused] The server refuses
}
panel-guild_since = Since
panel-guild_of = Role for { NAME($planTh, $planEn) }
panel-guild_clear = Clear this role
panel-guild_clear_note = The plan has no role in this server any more, and the bot takes it back from those it gave it to, within a minute or two. Roles given by others stay. Where the bot cannot take it back, it is left to the server.
panel-guild_story = Its story in the audit
panel-done_guild_cleared = The role is cleared.

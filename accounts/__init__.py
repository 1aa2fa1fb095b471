"""People, projects, roles, API keys and the audit log. Knows nothing of queues.

roles        the nine permissions and the four roles that bundle them
permissions  who holds which permission on which project (the only module that calls guardian)
gate         the door of every view: who are you, may you do this here
actions      what changes people, projects and memberships; keys: what changes API keys
events       the append-only audit log
web          pages: login, settings, API keys, members
"""

"""Reading a git history as observed phases, step by step; `estimators.history` has the entry point.

`git_command`, `git_log` and `git_objects` talk to git; `patch` and `mined_sizes` are pure;
`commit_miner` and `file_miner` put one commit together; `mine_many` does so on many cores.
"""

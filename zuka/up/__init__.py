"""Behind `./run.sh`: servers from wheels, the data of a fresh shop, web, worker and beat, and the checks.

Nothing here is imported by the application; a container runs the same processes without it.
"""

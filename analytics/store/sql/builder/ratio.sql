({above})::numeric / nullif({below}, 0)

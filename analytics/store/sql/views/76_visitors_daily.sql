SELECT day, visitors, known FROM rollup_traffic
